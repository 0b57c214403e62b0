"""督办: from opening an order to closing it out, with its clock and its lights."""
