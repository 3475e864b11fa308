// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Market} from "./Market.sol";

/// Many reads in one call, so that all of them are of one and the same block.
contract Lens {
    struct Holding {
        /// 0 as well where the token does not tell.
        uint256 balance;
        uint256 priceUsd;
        uint64 pricedAt;
        bool spam;
    }

    struct Call {
        address target;
        bytes data;
    }

    struct Result {
        bool ok;
        bytes data;
    }

    uint256 private constant GAS_A_READ = 200_000;

    /// What the owner holds of each token, and what the market knows about it.
    function holdings(Market market, address owner, address[] calldata tokens)
        external
        view
        returns (Holding[] memory found)
    {
        Market.Listing[] memory listings = market.listings(tokens);
        address native = market.NATIVE();
        found = new Holding[](tokens.length);
        for (uint256 i = 0; i < tokens.length; i++) {
            found[i].balance = tokens[i] == native ? owner.balance : _balanceOf(tokens[i], owner);
            found[i].priceUsd = listings[i].priceUsd;
            found[i].pricedAt = listings[i].pricedAt;
            found[i].spam = listings[i].spam;
        }
    }

    /// Any reads; one that reverts says so.
    function read(Call[] calldata calls) external view returns (Result[] memory results) {
        results = new Result[](calls.length);
        for (uint256 i = 0; i < calls.length; i++) {
            (results[i].ok, results[i].data) = calls[i].target.staticcall{gas: GAS_A_READ}(calls[i].data);
        }
    }

    function _balanceOf(address token, address owner) private view returns (uint256) {
        (bool ok, bytes memory data) = token.staticcall{gas: GAS_A_READ}(abi.encodeCall(IERC20.balanceOf, (owner)));
        return ok && data.length == 32 ? abi.decode(data, (uint256)) : 0;
    }
}
