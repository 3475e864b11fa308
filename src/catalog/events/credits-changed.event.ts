/** Credits were added to a user, or deducted. */
export class CreditsChanged {
  static readonly type = 'credits.changed';
  static readonly version = 1;

  constructor(readonly wallet: string) {}
}
