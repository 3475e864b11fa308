import { EncodedViews } from './encoded.body.js';

describe('encoded views of a cached value', () => {
  it('are rendered once for each name, as long as the value is the same object', () => {
    const views = new EncodedViews<object>();
    let rendered = 0;
    const render = (): unknown => ({ rendered: (rendered += 1) });
    const value = {};
    const first = views.get(value, 'a', render);
    expect(views.get(value, 'a', render)).toBe(first);
    expect(views.get(value, 'b', render)).not.toBe(first);
    expect(views.get({}, 'a', render)).not.toBe(first);
    expect(rendered).toBe(3);
  });

  it('have equal validators exactly when their bytes are equal', () => {
    const views = new EncodedViews<object>();
    const etagOf = (body: unknown): string => views.get({}, '', () => body).etag;
    expect(etagOf({ a: 1 })).toBe(etagOf({ a: 1 }));
    expect(etagOf({ a: 1 })).not.toBe(etagOf({ a: 2 }));
  });

  it('stay bounded, however many queries are tried on one value', () => {
    const views = new EncodedViews<object>();
    const value = {};
    const first = views.get(value, 'view 0', () => 0);
    for (let index = 1; index <= 32; index += 1) views.get(value, `view ${index}`, () => index);
    expect(views.get(value, 'view 0', () => 0)).not.toBe(first);
  });
});
