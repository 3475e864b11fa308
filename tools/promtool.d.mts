/** The path of promtool, fetched where it is not installed. */
export function promtoolBinary(): string;
