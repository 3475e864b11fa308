export declare class Lru {
  constructor(capacity: number);
  request(key: number, size?: number): boolean;
}
export declare function optimalHits(requests: Int32Array, capacity: number): number;
