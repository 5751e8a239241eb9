"""What answers are made of beside their own intent: citations, quotes, reasons, the tour, the way back."""
