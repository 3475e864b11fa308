export default async function tearDown() {
  await Promise.all(globalThis.startedTestServices.map((service) => service.stop()));
}
