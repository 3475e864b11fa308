import { type Address, parseAbi } from 'viem';

export const MARKET_ABI = parseAbi([
  'struct Listing { uint256 priceUsd; uint64 pricedAt; uint8 decimals; bool spam; }',
  'function setPrice(address token, uint256 priceUsd)',
  'function setPrices(address[] tokens, uint256[] pricesUsd)',
  'function setSpam(address token, bool spam)',
  'function listing(address token) view returns (Listing)',
  'function listings(address[] tokens) view returns (Listing[])',
  'function quote(address tokenIn, address tokenOut, uint256 amountIn) view returns (uint256 amountOut)',
  'function sell(address tokenIn, uint256 amountIn, address tokenOut, uint256 minOut, address recipient, uint256 deadline) returns (uint256 amountOut)',
  'event PriceSet(address indexed token, uint256 priceUsd)',
  'event SpamSet(address indexed token, bool spam)',
  'event Sold(address indexed seller, address indexed tokenIn, address indexed tokenOut, uint256 amountIn, uint256 amountOut, address recipient)',
  'error NoPrice(address token)',
  'error SameToken(address token)',
  'error ReserveTooSmall(address token, uint256 wanted, uint256 reserve)',
  'error Slippage(uint256 amountOut, uint256 minOut)',
  'error DeadlinePassed(uint256 deadline, uint256 timestamp)',
]);

export const LENS_ABI = parseAbi([
  'struct Holding { uint256 balance; uint256 priceUsd; uint64 pricedAt; bool spam; }',
  'struct Call { address target; bytes data; }',
  'struct Result { bool ok; bytes data; }',
  'function holdings(address market, address owner, address[] tokens) view returns (Holding[])',
  'function read(Call[] calls) view returns (Result[])',
]);

/** The market's prices are USD with this many decimals. */
export const PRICE_DECIMALS = 8;

/** How Insight writes a chain's native coin. */
export const NATIVE_TOKEN: Address = '0xeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee';
