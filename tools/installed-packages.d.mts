/** True when what is installed below `root` is what its package-lock.json names. */
export function isInstalled(root: string): boolean;
