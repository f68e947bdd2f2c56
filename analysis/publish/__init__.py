"""From the ledger to what is read: notebooks, pages, formats, the command line."""
