"""The SDK side: it answers and judges requests. Cases are data, and their judges look at one observation each."""
