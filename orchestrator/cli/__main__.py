"""``python -m orchestrator.cli``: how ``cellbench serve`` starts its two processes."""

from orchestrator.cli import main

if __name__ == "__main__":
    main()
