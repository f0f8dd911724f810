"""How fast and how frugal this is, beside what people use today: ratios within one run, printed as tables."""
