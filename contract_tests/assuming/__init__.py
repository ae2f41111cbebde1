"""What nobody outside documents: all assumptions of the contract, and a look at each."""
