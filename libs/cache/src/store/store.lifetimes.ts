/** How much longer than its youngest entry a version lives, so that a wide tag never expires under the entries it stamps. */
export const VERSION_MARGIN_MS = 60_000;

/** Life of a version that no entry has been filled under yet: any load is over by then. */
export const MIN_VERSION_LIFE_MS = 600_000;

/** How long a demanded block height is remembered: sources that lag longer are broken. */
export const HEIGHT_LIFE_MS = 600_000;
