"""What `import relutui` offers: scenarios trained and compared by other programs and notebooks."""
