/** Who leads: `holder` names this one tenure and no other, `fence` grows from tenure to tenure. */
export interface Tenure {
  readonly holder: string;
  readonly fence: number;
}

export type CampaignReply =
  | { readonly kind: 'leads'; readonly tenure: Tenure }
  /** Somebody else leads, for at most so long if they do not renew. */
  | { readonly kind: 'follows'; readonly remainingMs: number };

export type RoundReply =
  | { readonly kind: 'begun' }
  /** It was begun lately, by whomever; due again in so long. */
  | { readonly kind: 'early'; readonly remainingMs: number }
  /** The tenure is over: whoever asks was paused, or cut off. */
  | { readonly kind: 'fenced' };

/** A wish to call an upstream, and what the whole fleet may. */
export interface CallRequest {
  /** Calls that users caused here since this was last told. */
  readonly usedByUsers: number;
  readonly wanted: number;
  /** What the upstream takes in a minute. */
  readonly callsPerMinute: number;
  /** What of it warming may have at most. */
  readonly warmCallsPerMinute: number;
}

/**
 * What the processes of a fleet must agree on to warm once and not N times. Every method rejects with CacheError
 * `STORE_UNAVAILABLE` while the others cannot be reached.
 */
export interface WarmFleet {
  /** Takes the lease when it is free, keeps it when it is one's own. @param candidate names this process, at random */
  campaign(candidate: string, leaseMs: number): Promise<CampaignReply>;
  /** Gives the lease back, if it is still one's own. */
  resign(tenure: Tenure): Promise<void>;
  /** Claims a round for the leader: it begins at most once in `holdMs`, whoever leads then. */
  begin(tenure: Tenure, round: string, holdMs: number): Promise<RoundReply>;
  /** Takes all wanted calls out of the fleet's minute, or none. */
  takeCalls(request: CallRequest): Promise<boolean>;
}
