"""What several families read out of evidence: names, addresses, redirect chains, visits."""
