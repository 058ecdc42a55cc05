"""The app in a browser: a server on this machine that checks who asks, and a process of the app for each page."""
