import { Problem } from '../http/problem.js';

export const noSuchUser = (): Problem => new Problem(404, 'There is no user with this wallet.');

/** @param credits what the user has */
export const creditsRefused = (operation: 'add' | 'deduct', credits: string): Problem =>
  new Problem(
    409,
    operation === 'deduct'
      ? `The user has ${credits} credits, fewer than are to be deducted. Nothing was deducted.`
      : `The user has ${credits} credits, and so many more cannot be counted. Nothing was added.`,
  );

export const idempotencyKeyReused = (): Problem =>
  new Problem(
    422,
    'This Idempotency-Key was used within 24 hours for another request. Use a new key for a new request.',
  );
