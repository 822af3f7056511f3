"""Code forges: where a pull request lives, and the one comment on it that says what would change."""
