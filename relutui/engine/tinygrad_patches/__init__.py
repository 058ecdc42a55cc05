"""All that is changed in tinygrad 0.14.0 or asked of its private names."""
