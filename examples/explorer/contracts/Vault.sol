// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

contract Vault {
    address public immutable guardian;
    uint256 public immutable limit;
    bool public paused;

    constructor(address guardian_, uint256 limit_) {
        guardian = guardian_;
        limit = limit_;
    }

    function pause() external {
        require(msg.sender == guardian, "guardian only");
        paused = true;
    }
}
