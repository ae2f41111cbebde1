"""What is looked at, layer by layer."""
