// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// What an account of the devnet's browser wallet delegates to (EIP-7702), so that a batch of calls is one transaction:
/// all of them happen, or none.
contract BatchExecutor {
    struct Call {
        address to;
        uint256 value;
        bytes data;
    }

    error NotTheAccount(address caller);

    receive() external payable {}

    /// Only the account itself may call its own code. A call that reverts reverts all, with its own reason.
    function execute(Call[] calldata calls) external payable {
        if (msg.sender != address(this)) revert NotTheAccount(msg.sender);
        for (uint256 i = 0; i < calls.length; i++) {
            (bool ok, bytes memory result) = calls[i].to.call{value: calls[i].value}(calls[i].data);
            if (!ok) {
                assembly {
                    revert(add(result, 32), mload(result))
                }
            }
        }
    }
}
