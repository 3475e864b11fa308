export declare const workloads: Record<string, () => Int32Array>;
export declare function sizeOf(key: number): number;
