"""What people use today for the same work, installed beside the project and never into it."""
