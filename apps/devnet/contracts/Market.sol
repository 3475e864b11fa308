// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// Buys any priced token against any other it holds a reserve of, at the USD prices that stand in it, less 0.3 %.
/// It is also where the devnet keeps what a price feed and a spam list know elsewhere.
contract Market is Ownable {
    using SafeERC20 for IERC20;

    struct Listing {
        /// USD for one whole token, with 8 decimals; 0: no price.
        uint256 priceUsd;
        uint64 pricedAt;
        uint8 decimals;
        bool spam;
    }

    /// How Insight and others write the chain's native coin.
    address public constant NATIVE = 0xEeeeeEeeeEeEeeEeEeEeeEEEeeeeEeeeeeeeEEeE;
    uint8 public constant PRICE_DECIMALS = 8;
    uint256 public constant FEE_BASIS_POINTS = 30;

    mapping(address token => Listing) private _listings;

    event PriceSet(address indexed token, uint256 priceUsd);
    event SpamSet(address indexed token, bool spam);
    event Sold(
        address indexed seller,
        address indexed tokenIn,
        address indexed tokenOut,
        uint256 amountIn,
        uint256 amountOut,
        address recipient
    );

    error NoPrice(address token);
    error SameToken(address token);
    error ReserveTooSmall(address token, uint256 wanted, uint256 reserve);
    error Slippage(uint256 amountOut, uint256 minOut);
    error DeadlinePassed(uint256 deadline, uint256 timestamp);

    constructor(address owner) Ownable(owner) {}

    /// A price of 0 takes the token off the market.
    function setPrice(address token, uint256 priceUsd) public onlyOwner {
        Listing storage entry = _listings[token];
        entry.priceUsd = priceUsd;
        entry.pricedAt = uint64(block.timestamp);
        if (priceUsd != 0) entry.decimals = token == NATIVE ? 18 : IERC20Metadata(token).decimals();
        emit PriceSet(token, priceUsd);
    }

    function setPrices(address[] calldata tokens, uint256[] calldata pricesUsd) external onlyOwner {
        for (uint256 i = 0; i < tokens.length; i++) setPrice(tokens[i], pricesUsd[i]);
    }

    function setSpam(address token, bool spam) external onlyOwner {
        _listings[token].spam = spam;
        emit SpamSet(token, spam);
    }

    function listing(address token) external view returns (Listing memory) {
        return _listings[token];
    }

    function listings(address[] calldata tokens) external view returns (Listing[] memory found) {
        found = new Listing[](tokens.length);
        for (uint256 i = 0; i < tokens.length; i++) found[i] = _listings[tokens[i]];
    }

    /// What `amountIn` would buy now. Reverts where a price is missing or the reserve is too small.
    function quote(address tokenIn, address tokenOut, uint256 amountIn) public view returns (uint256 amountOut) {
        if (tokenIn == tokenOut) revert SameToken(tokenIn);
        Listing storage from = _priced(tokenIn);
        Listing storage to = _priced(tokenOut);
        uint256 gross = Math.mulDiv(
            amountIn,
            from.priceUsd * 10 ** to.decimals,
            to.priceUsd * 10 ** from.decimals
        );
        amountOut = gross - Math.mulDiv(gross, FEE_BASIS_POINTS, 10_000);
        uint256 reserve = IERC20(tokenOut).balanceOf(address(this));
        if (amountOut > reserve) revert ReserveTooSmall(tokenOut, amountOut, reserve);
    }

    /// Takes `amountIn` from the caller (approved before) and pays `recipient` in `tokenOut`.
    /// A token that takes a fee is paid for by what arrived, not by what was sent.
    function sell(
        address tokenIn,
        uint256 amountIn,
        address tokenOut,
        uint256 minOut,
        address recipient,
        uint256 deadline
    ) external returns (uint256 amountOut) {
        if (block.timestamp > deadline) revert DeadlinePassed(deadline, block.timestamp);
        uint256 before = IERC20(tokenIn).balanceOf(address(this));
        IERC20(tokenIn).safeTransferFrom(msg.sender, address(this), amountIn);
        uint256 received = IERC20(tokenIn).balanceOf(address(this)) - before;
        amountOut = quote(tokenIn, tokenOut, received);
        if (amountOut < minOut) revert Slippage(amountOut, minOut);
        IERC20(tokenOut).safeTransfer(recipient, amountOut);
        emit Sold(msg.sender, tokenIn, tokenOut, amountIn, amountOut, recipient);
    }

    function _priced(address token) private view returns (Listing storage entry) {
        entry = _listings[token];
        if (entry.priceUsd == 0) revert NoPrice(token);
    }
}
