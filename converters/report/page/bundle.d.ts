export declare function bundlePage(): Promise<void>;
export declare function isBundled(): boolean;
