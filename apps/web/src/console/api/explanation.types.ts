/** Why a key is served as it is: what `GET /api/cache/explain` answers. Durations are in ms. */
export interface Explanation {
  readonly key: string;
  readonly entry: string;
  readonly l1: {
    readonly servable: boolean;
    readonly ageMs: number;
    readonly freshForMs: number;
    readonly networkAfterMs: number;
  } | null;
  readonly l2: {
    readonly state: 'valid' | 'expired' | 'invalidated';
    readonly ageMs: number | null;
    readonly freshForMs: number | null;
    readonly expiresInMs: number;
  } | null;
  readonly storeAnswered: boolean;
  readonly tags: readonly { readonly tag: string; readonly version: string | null }[];
  readonly lease: { readonly remainingMs: number } | null;
  readonly lastInvalidation: { readonly by: string; readonly of: string; readonly agoMs: number } | null;
}
