"""Networks with symbolic numbers of copies: modes, and the conditions under which copies stop agreeing."""
