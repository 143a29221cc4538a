"""From a claim to its verdict: asking provers, correcting what is refuted, many claims in parallel."""
