"""What a catalog looks like: pictures before and after a change, and checks of what it shows and answers."""
