/** The error of a strict object: a field that nobody knows is more likely a slip than meant to be ignored. */
export function unknownFields(issue: {
  readonly code?: string;
  readonly keys?: readonly string[];
}): string | undefined {
  return issue.code === 'unrecognized_keys' ? `should not have ${(issue.keys ?? []).join(', ')}` : undefined;
}
