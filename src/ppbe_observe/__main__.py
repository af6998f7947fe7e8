"""``python -m ppbe_observe`` is ``ppbe-observe``."""

from ppbe_observe.cli import main

if __name__ == "__main__":
    main()
