export default async function tearDown() {
  await globalThis.sharedTestServices.stop();
}
