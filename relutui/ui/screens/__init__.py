"""The screens: given a Session and a Trainer, they carry out commands and hand readouts to the widgets."""
