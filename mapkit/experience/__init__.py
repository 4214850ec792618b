"""What people say about touchpoints: inventories, feedback and feelings, each with its interval."""
