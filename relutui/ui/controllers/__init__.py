"""The work that goes on beside a screen: training, autosave, tours, devices and other long tasks."""
