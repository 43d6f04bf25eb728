"""A suite brought to the product's baseline: compared, merged, told, and put in place whole."""
