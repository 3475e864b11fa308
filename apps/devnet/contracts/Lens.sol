// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// Many reads in one call, so that all of them are of one and the same block. A read that reverts says so.
contract Lens {
    struct Call {
        address target;
        bytes data;
    }

    struct Result {
        bool ok;
        bytes data;
    }

    function read(Call[] calldata calls) external view returns (uint256 blockNumber, Result[] memory results) {
        blockNumber = block.number;
        results = new Result[](calls.length);
        for (uint256 i = 0; i < calls.length; i++) {
            (results[i].ok, results[i].data) = calls[i].target.staticcall{gas: 200_000}(calls[i].data);
        }
    }

    function nativeBalance(address owner) external view returns (uint256) {
        return owner.balance;
    }
}
