/** @param {'higher' | 'lower'} better what is better, as a figure of a scenario says it */
export const bestOf = (numbers, better) => (better === 'higher' ? Math.max(...numbers) : Math.min(...numbers));
