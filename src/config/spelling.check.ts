/** Kubernetes puts these into every container for each service of its namespace, whatever the service is called. */
const OF_KUBERNETES = /_SERVICE_HOST$|_SERVICE_PORT(_\w+)?$|_PORT(_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?$/;

/** Parts that deployments put together to REDIS_URL or DATABASE_URL in the same container. */
const OF_A_URL = /_(PASSWORD|USER|USERNAME)$/;

/** Names that begin with one of our prefixes and that we do not know. */
export function unknownNames(
  names: readonly string[],
  known: readonly string[],
  prefixes: readonly string[],
): readonly string[] {
  const ours = names.filter((name) => !known.includes(name) && prefixes.some((prefix) => name.startsWith(prefix)));
  return ours.filter((name) => !OF_KUBERNETES.test(name) && !OF_A_URL.test(name));
}

/** The known name that was probably meant, or undefined when none is near. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const longer = known.find((candidate) => candidate.startsWith(`${name}_`) || name.startsWith(`${candidate}_`));
  if (longer !== undefined) return longer;
  const [best] = known
    .map((candidate) => ({ candidate, distance: editDistance(name, candidate) }))
    .sort((a, b) => a.distance - b.distance);
  return best && best.distance <= Math.max(2, Math.floor(name.length / 3)) ? best.candidate : undefined;
}

/** Levenshtein's distance: insertions, deletions and replacements of one character. */
export function editDistance(from: string, to: string): number {
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const replaced = previous[column - 1]! + (from[row - 1] === to[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, previous[column]! + 1, current[column - 1]! + 1));
    }
    previous = current;
  }
  return previous[to.length]!;
}
