/** `299` seconds are `4m 59s`. */
export function readableDuration(seconds: number): string {
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor((seconds % 3_600) / 60)];
  const parts = [hours > 0 ? `${hours}h` : '', minutes > 0 ? `${minutes}m` : '', `${seconds % 60}s`];
  return parts.filter((part) => part !== '').join(' ');
}
