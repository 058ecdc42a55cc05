"""The only wing that knows Textual: the app, its screens, controllers and widgets."""
