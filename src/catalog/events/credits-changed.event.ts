/** Credits were added to a user, or deducted. */
export class CreditsChanged {
  static readonly type = 'credits.changed';

  constructor(readonly wallet: string) {}
}
