"""From desired and live state to a plan, and from a plan to a changed catalog; reading and sending reach it as arguments."""
