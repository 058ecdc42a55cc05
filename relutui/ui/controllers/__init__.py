"""What goes on beside a screen: training, autosave, tours, devices and other long work."""
