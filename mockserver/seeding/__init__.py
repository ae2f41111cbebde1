"""Starting ledgers: scenarios from files, portfolios from Faker."""
