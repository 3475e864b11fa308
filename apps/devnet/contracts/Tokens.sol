// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// An ordinary ERC-20 with any name, symbol and decimals; its whole supply belongs to `holder`.
contract PlainToken is ERC20 {
    uint8 private immutable _decimals;

    constructor(string memory name_, string memory symbol_, uint8 decimals_, uint256 supply, address holder)
        ERC20(name_, symbol_)
    {
        _decimals = decimals_;
        _mint(holder, supply);
    }

    function decimals() public view virtual override returns (uint8) {
        return _decimals;
    }
}

/// Can be held and read, but every transfer reverts, as with a paused or a honeypot token.
contract FrozenToken is PlainToken {
    error TransfersAreFrozen();

    constructor(string memory name_, string memory symbol_, uint8 decimals_, uint256 supply, address holder)
        PlainToken(name_, symbol_, decimals_, supply, holder)
    {}

    function _update(address from, address to, uint256 value) internal override {
        if (from != address(0)) revert TransfersAreFrozen();
        super._update(from, to, value);
    }
}

/// Burns 1 % of every transfer: the receiver gets less than was sent.
contract FeeToken is PlainToken {
    constructor(string memory name_, string memory symbol_, uint8 decimals_, uint256 supply, address holder)
        PlainToken(name_, symbol_, decimals_, supply, holder)
    {}

    function _update(address from, address to, uint256 value) internal override {
        if (from == address(0) || to == address(0)) return super._update(from, to, value);
        uint256 fee = value / 100;
        super._update(from, address(0), fee);
        super._update(from, to, value - fee);
    }
}

/// Name, symbol and decimals are optional in ERC-20; this one has none of them.
contract NamelessToken is PlainToken {
    error NoMetadata();

    constructor(string memory, string memory, uint8, uint256 supply, address holder)
        PlainToken("", "", 0, supply, holder)
    {}

    function name() public pure override returns (string memory) {
        revert NoMetadata();
    }

    function symbol() public pure override returns (string memory) {
        revert NoMetadata();
    }

    function decimals() public pure override returns (uint8) {
        revert NoMetadata();
    }
}
